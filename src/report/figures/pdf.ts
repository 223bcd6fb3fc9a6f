import { buffer } from 'node:stream/consumers'
import { readFaces } from './faces.js'

/** Points a unit: a picture has the size that a browser prints it at, 96 units an inch. */
const POINTS = 0.75

/** A picture of an SVG document as one page of PDF, with its letters embedded as text. Equal pictures give equal bytes. */
export async function renderPdf(
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit')
  const { default: drawSvg } = await import('svg-to-pdfkit')
  const { regular, semibold } = await readFaces()
  const document = new PDFDocument({
    size: [width * POINTS, height * POINTS],
    margin: 0,
    font: regular as never, // its types know paths alone
    info: { Creator: 'attrstream', CreationDate: new Date(0) },
  })
  document.registerFont('regular', regular)
  document.registerFont('semibold', semibold)
  drawSvg(document, svg, 0, 0, {
    width: width * POINTS,
    height: height * POINTS,
    fontCallback: (_, bold) => (bold ? 'semibold' : 'regular'),
  })
  document.end()
  return buffer(document)
}
