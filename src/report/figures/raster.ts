import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/**
 * A picture of cells as a data URI: PNG with a palette (ISO/IEC 15948), every cell `size` pixels wide and high, so that
 * programs that smooth pictures do not blur it.
 *
 * @param cells Indices into the palette, row by row.
 * @param palette At most 256 colours, as in `#0a1b2c`.
 */
export function rasterUri(
  cells: Uint8Array,
  width: number,
  palette: readonly string[],
  size: number,
): string {
  const height = cells.length / width
  const across = width * size
  const rows = Buffer.alloc(height * size * (across + 1)) // the first byte of a row is its filter: none
  for (let y = 0; y < height * size; y++) {
    for (let x = 0; x < across; x++) {
      rows[y * (across + 1) + 1 + x] = cells[Math.floor(y / size) * width + Math.floor(x / size)]
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(across, 0)
  head.writeUInt32BE(height * size, 4)
  head.set([8, 3, 0, 0, 0], 8) // 8 bits, palette, deflate, no filter, not interlaced
  const colours = Buffer.from(palette.map(colour => colour.slice(1)).join(''), 'hex')
  const bytes = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return `data:image/png;base64,${bytes.toString('base64')}`
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
