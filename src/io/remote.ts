import { DataError } from '../core/errors.js'
import type { Bytes } from './bytes.js'
import { RangeCache } from './range-cache.js'
import { openHttp } from './http.js'

/**
 * A file on a server, read by ranges: http, https, or s3.
 *
 * Errors: those of `openHttp` and `openS3`; `damaged`, for bytes beyond its end.
 */
export async function openRemote(url: string): Promise<Bytes> {
  const remote = /^s3:/i.test(url) ? await (await import('./s3.js')).openS3(url) : await openHttp(url)
  const cache = new RangeCache(remote.size, (start, length) => remote.fetch(start, length))
  return {
    name: url,
    size: remote.size,
    version: remote.version,
    async read(into, position) {
      if (position + into.length > remote.size) {
        throw new DataError(
          'damaged',
          `ends at byte ${remote.size}, expected ${into.length} bytes from byte ${position}; the file is truncated, write it again`,
          { file: url },
        )
      }
      await cache.read(into, position)
    },
    close: () => Promise.resolve(),
  }
}
