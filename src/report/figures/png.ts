import { readFile } from 'node:fs/promises'

/** The renderer, and the faces that figures are set in: pictures are the same on every machine, with fonts or without. */
const WASM = new URL(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))
const FACES = [
  import.meta.resolve('@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf'),
  import.meta.resolve('@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf'),
]

let started: Promise<unknown> | undefined

/** A picture of an SVG document as PNG, `scale` pixels a unit. */
export async function renderPng(svg: string, scale: number): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  started ??= readFile(WASM).then(bytes => initWasm(bytes))
  await started
  const fonts = await Promise.all(FACES.map(face => readFile(new URL(face))))
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: fonts, defaultFontFamily: 'Source Sans 3', sansSerifFamily: 'Source Sans 3' },
  })
  return renderer.render().asPng()
}
