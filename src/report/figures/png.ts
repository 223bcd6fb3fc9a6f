import { readFile } from 'node:fs/promises'
import { readFaces } from './faces.js'

const WASM = new URL(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))

let started: Promise<unknown> | undefined

/** A picture of an SVG document as PNG, `scale` pixels a unit. */
export async function renderPng(svg: string, scale: number): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  started ??= readFile(WASM).then(bytes => initWasm(bytes))
  await started
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontBuffers: Object.values(await readFaces()),
      defaultFontFamily: 'Source Sans 3',
      sansSerifFamily: 'Source Sans 3',
    },
  })
  return renderer.render().asPng()
}
