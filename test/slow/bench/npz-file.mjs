import { makeBatch, ROWS_PER_BATCH } from './maps.mjs'
import { writeZip } from './zip-file.mjs'

/**
 * Writes a dump as `numpy.savez` would, in the form of TF-MInDi: `contrib` and one-hot `oh`, both float32 (maps, 4, L). The
 * maps are made twice, once for each array.
 */
export async function writeNpz(path, batches, length) {
  const shape = [batches * ROWS_PER_BATCH, 4, length]
  await writeZip(path, [
    array('contrib', shape, batches, ({ values }) => channelMajor(values, length)),
    array('oh', shape, batches, ({ letters }) => oneHot(letters, length)),
  ])
}

function array(name, shape, batches, valuesOf) {
  const head = npyHeader(shape)
  function* pieces() {
    yield head
    for (let index = 0; index < batches; index++) {
      yield Buffer.from(valuesOf(makeBatch(index, ROWS_PER_BATCH, shape[2])).buffer)
    }
  }
  const size = head.length + 4 * shape.reduce((product, n) => product * n, 1)
  return { name: `${name}.npy`, size, pieces: pieces() }
}

/** Source: numpy.lib.format, version 1.0: the header fills whole blocks of 64 bytes. */
function npyHeader(shape) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const bytes = Buffer.alloc(64 * Math.ceil((11 + text.length) / 64), ' ')
  bytes.write('\x93NUMPY\x01\x00', 'latin1')
  bytes.writeUInt16LE(bytes.length - 10, 8)
  bytes.write(text, 10, 'latin1')
  bytes.write('\n', bytes.length - 1)
  return bytes
}

/** Values (maps, L, 4) as (maps, 4, L). */
function channelMajor(values, length) {
  const out = new Float32Array(values.length)
  for (let from = 0, start = 0; from < values.length; start += 4 * length) {
    for (let i = 0; i < length; i++) {
      for (let base = 0; base < 4; base++) out[start + base * length + i] = values[from++]
    }
  }
  return out
}

function oneHot(letters, length) {
  const out = new Float32Array(4 * letters.length)
  for (const [at, letter] of letters.entries()) {
    const i = at % length
    out[4 * (at - i) + 'ACGT'.indexOf(String.fromCharCode(letter)) * length + i] = 1
  }
  return out
}
