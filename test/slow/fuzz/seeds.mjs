import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { mutate } from './mutations.mjs'
import { pick, randomFrom } from './random.mjs'

const path = relative => fileURLToPath(new URL(relative, import.meta.url))
const LARGEST = 32_000

/**
 * Small valid files of every format that is read, by format. A kind says how it is read: columns of a file, columns of a
 * pipe, sequences, regions, the index of a genome, a checkpoint or a plan. What is plain text has no count of its rows.
 */
export function makeSeeds() {
  const seeds = []
  const add = (name, format, kind, bytes) => seeds.push({ name, format, kind, bytes: Buffer.from(bytes) })
  for (const [folder, form, format] of [
    ['arrow', /\.(arrow|feather)$/, 'Arrow file'],
    ['arrow', /\.arrows$/, 'Arrow stream'],
    ['parquet', /\.parquet$/, 'Parquet'],
    ['hdf5', /\.h5$/, 'HDF5'],
  ]) {
    if (!existsSync(path(`../../sources/${folder}/files`))) continue
    for (const file of readdirSync(path(`../../sources/${folder}/files`)).toSorted()) {
      if (!form.test(file)) continue
      const bytes = readFileSync(path(`../../sources/${folder}/files/${file}`))
      if (bytes.length > LARGEST) continue
      add(file, format, 'columns', bytes)
      if (file.endsWith('.arrows')) add(`${file} through a pipe`, 'Arrow pipe', 'pipe', bytes)
    }
  }
  for (const name of ['<f4', '<f2', '<f8', '|i1'])
    add(`maps${name.slice(1)}.npy`, 'npy', 'columns', npy(name, [5, 12, 4]))
  const members = [
    ['arr_0.npy', npy('<f4', [5, 4, 12])],
    ['arr_1.npy', npy('|i1', [5, 4, 12], oneHot)],
  ]
  add('stored.npz', 'npz', 'columns', zip(members, false))
  add('deflated.npz', 'npz', 'columns', zip(members, true))
  add('outside.npz', 'npz', 'columns', zip([['../../outside.npy', npy('<f4', [5, 4, 12])]], true))
  const bomb = Buffer.concat([npy('<f4', [5, 4, 12]), Buffer.alloc(2 ** 24)])
  add('bomb.npz', 'npz', 'columns', zip([['arr_0.npy', bomb]], true))
  const fasta = '>one first\nACGTACGTNNAC\nGTAC\n\n>two\nacgtacgt\n>three\nTTTTTTTTTTTTTTTTTTTT\n'
  add('sequences.fa', 'FASTA', 'sequences', fasta)
  add('sequences.fa.gz', 'FASTA', 'sequences', gzipSync(fasta))
  const bed =
    'track name=maps\nchr1\t100\t160\tone\t5\t+\nchr1\t300\t360\ttwo\t7\t-\n#\nchrX\t0\t60\tthree\t0\t.\n'
  add('regions.bed', 'BED', 'bed', bed)
  add('regions.bed.gz', 'BED', 'bed', gzipSync(bed))
  add('genome.fa.fai', 'FASTA index', 'index', 'chr1\t40\t6\t20\t21\nchr2\t10\t54\t20\t21\n')
  add('plan.json', 'plan', 'plan', gunzipSync(readFileSync(path('../../frozen/v3/plan.json.gz'))))
  add(
    'shard.state',
    'checkpoint',
    'checkpoint',
    gunzipSync(readFileSync(path('../../frozen/v3/shard-2.state.gz'))),
  )
  return seeds
}

/** Case `number` of a run: the same bytes wherever and whenever. Formats take turns, however many files each has. */
export function makeCase(seeds, seed, number) {
  const random = randomFrom((seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0)
  const formats = [...new Set(seeds.map(({ format }) => format))]
  const format = formats[number % formats.length]
  const own = pick(
    random,
    seeds.filter(candidate => candidate.format === format),
  )
  return { own, ...mutate(own.bytes, pick(random, seeds).bytes, random) }
}

function npy(descr, shape, valueAt = i => ((i * 37) % 101) / 64 - 0.75) {
  const count = shape.reduce((product, size) => product * size, 1)
  const size = Number(descr.at(-1))
  const data = Buffer.alloc(count * size)
  for (let i = 0; i < count; i++) {
    if (descr === '<f4') data.writeFloatLE(valueAt(i), 4 * i)
    else if (descr === '<f8') data.writeDoubleLE(valueAt(i), 8 * i)
    else if (descr === '<f2') data.writeUInt16LE(0x3000 + ((i * 37) % 1024), 2 * i)
    else data.writeInt8(valueAt === oneHot ? oneHot(i) : i % 2, i)
  }
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const header = Buffer.from(`${text.padEnd(117)}\n`)
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([start, header, data])
}

/** Position i of a map of 4 x 12 has base i modulo 4. */
function oneHot(i) {
  const position = i % 12
  const channel = Math.floor(i / 12) % 4
  return position % 4 === channel ? 1 : 0
}

function zip(members, deflated) {
  const local = []
  const central = []
  let offset = 0
  for (const [name, content] of members) {
    const data = deflated ? deflateRawSync(content) : content
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(deflated ? 8 : 0, 4)
    fields.writeUInt32LE(crc32(content), 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const piece = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data])
    local.push(piece)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name)]))
    offset += piece.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end])
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8)
  return ~crc >>> 0
}
