import { readFile } from 'node:fs/promises'

const FACES = [
  import.meta.resolve('@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf'),
  import.meta.resolve('@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf'),
]

/** The faces that figures are set in, regular and semibold: pictures are the same on every machine, with fonts or without. */
export async function readFaces(): Promise<{ readonly regular: Buffer; readonly semibold: Buffer }> {
  const [regular, semibold] = await Promise.all(FACES.map(face => readFile(new URL(face))))
  return { regular, semibold }
}
