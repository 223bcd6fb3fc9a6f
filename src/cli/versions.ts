import { loadLz4 } from '../io/lz4.js'
import { loadZstd, zstdName } from '../io/zstd.js'
import { kernels } from '../kernels/kernels.js'
import { VERSION } from '../version.js'

/** What runs, for reports of faults: versions, and the implementation that is used of each kernel and codec. */
export async function versionText(): Promise<string> {
  await loadZstd()
  const { name: lz4 } = await loadLz4()
  const lines = {
    attrstream: VERSION,
    node: `${process.versions.node} (${process.platform} ${process.arch}, ${process.execPath})`,
    kernels: kernels === undefined ? 'TypeScript' : 'WebAssembly',
    zstd: zstdName(),
    lz4,
    snappy: 'WebAssembly',
    'gzip, brotli': 'node:zlib',
  }
  return Object.entries(lines)
    .map(([name, what]) => `${name.padEnd(12)}  ${what}\n`)
    .join('')
}
