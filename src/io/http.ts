import { Readable } from 'node:stream'
import { loginOf } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { collectBytes, orInterrupted, Passing, patience, withRetries } from './retries.js'

/** What a server said of a file: its size, and what changes when its content does. */
export interface RemoteFile {
  readonly size: number
  readonly version: string | undefined
  fetch(start: number, length: number): Promise<Uint8Array>
}

/** What `openHttp` throws for a server that sends the whole file where a part was asked for. */
export const NO_RANGES = 'the server ignores requests for a part of a file (status 200, expected 206)'

/**
 * A file of an http or https server that answers requests for ranges.
 *
 * Errors: `not-found`, for no such file and for one that may not be read; `format`, for a server that ignores ranges;
 * `io`, for one that cannot be reached or keeps failing; `mismatch`, where the file changes while it is read.
 */
export async function openHttp(url: string): Promise<RemoteFile> {
  if (!URL.canParse(url)) throw new DataError('usage', 'is not a valid address; check it', { file: url })
  const first = await withRetries(url, () => request(url, 0, 1, undefined))
  return {
    size: first.total,
    version: first.version,
    fetch(start, length) {
      return collectBytes(url, length, async (done, piece) => {
        const { version, total } = await request(url, start + done, length - done, first.version, piece)
        if (version !== first.version || total !== first.total) throw changed(url)
      })
    },
  }
}

/** A whole file as a stream, for servers without ranges; it is read once, from its start, and not asked for again. */
export async function streamHttp(url: string): Promise<Readable> {
  const { body } = await withRetries(url, () =>
    answerOf(url, {}, orInterrupted(AbortSignal.timeout(patience().stallMs))),
  )
  if (body === null) throw new DataError('io', 'the server sent nothing; try again later', { file: url })
  return Readable.fromWeb(body)
}

interface Answered {
  readonly total: number
  readonly version: string | undefined
}

/** Asks for one range and hands over its pieces as they come: exactly `length` bytes. */
async function request(
  url: string,
  start: number,
  length: number,
  version: string | undefined,
  take: (piece: Uint8Array) => void = () => {},
): Promise<Answered> {
  const { stallMs } = patience()
  const control = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const awake = () => {
    clearTimeout(timer)
    timer = setTimeout(
      () => control.abort(new Passing(`the server sent nothing for ${stallMs / 1000} s`)),
      stallMs,
    )
  }
  awake()
  try {
    const headers: { [name: string]: string } = { range: `bytes=${start}-${start + length - 1}` }
    // A changed file then comes whole, with status 200; a weak tag is no condition, but is compared all the same.
    if (version !== undefined && !version.startsWith('W/')) headers['if-range'] = version
    const response = await answerOf(url, headers, orInterrupted(control.signal))
    if (response.status === 416) return { total: 0, version: undefined }
    const answered = rangeOf(url, response, start, length, version)
    let left = length
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      awake()
      if (piece.length > left)
        throw new DataError('io', 'the server sent more than was asked for', { file: url })
      take(piece)
      left -= piece.length
    }
    if (left > 0) throw new Passing(`the server sent ${length - left} of ${length} bytes`)
    return answered
  } catch (error) {
    if (error instanceof DataError) throw error
    throw passing(control.signal.aborted ? control.signal.reason : error)
  } finally {
    clearTimeout(timer)
    control.abort()
  }
}

/** A response of status 2xx, or 416 of an empty file. */
async function answerOf(
  url: string,
  headers: { readonly [name: string]: string },
  signal: AbortSignal,
): Promise<Response> {
  const file = url
  let response: Response
  try {
    // Compressed on the way, bytes would lie elsewhere.
    const login = loginOf(url)
    response = await fetch(withoutLogin(url), {
      headers: {
        'accept-encoding': 'identity',
        ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
        ...headers,
      },
      signal,
    })
  } catch (error) {
    throw passing(signal.aborted ? signal.reason : error)
  }
  const { status } = response
  if (response.ok) return response
  // Of an empty file there is no first byte.
  if (status === 416 && /^bytes \*\/0$/.test(response.headers.get('content-range') ?? '')) return response
  await response.body?.cancel()
  if (status >= 500 || status === 429 || status === 408 || status === 425) {
    throw new Passing(`the server answers ${status}`, afterMs(response.headers.get('retry-after')))
  }
  if (status === 404 || status === 410) {
    throw new DataError('not-found', `no such file (status ${status}); check the address`, { file })
  }
  if (status === 401 || status === 403) {
    throw new DataError(
      'not-found',
      `may not be read (status ${status}); check the address and whether its signature has expired`,
      { file },
    )
  }
  if (status === 416) throw changed(url)
  throw new DataError('format', `the server answers ${status}, expected 206; check the address`, { file })
}

/** An address without the name and password in it, which fetch refuses. */
function withoutLogin(url: string): string {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare.href
}

function rangeOf(
  url: string,
  { status, headers }: Response,
  start: number,
  length: number,
  version: string | undefined,
): Answered {
  if (status !== 206) {
    if (version !== undefined) throw changed(url)
    throw new DataError('format', `${NO_RANGES}; download the file and name that`, { file: url })
  }
  const said = headers.get('content-range') ?? 'nothing'
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(said)
  const [from, to, total] = (range ?? []).slice(1).map(Number)
  if (range === null || from !== start || to !== start + length - 1) {
    throw new DataError(
      'io',
      `the server sent the range "${shortened(said)}", expected bytes ${start} to ${start + length - 1}; download the file and name that`,
      { file: url },
    )
  }
  if (!Number.isSafeInteger(total) || total < start + length) {
    throw new DataError(
      'io',
      `the server says in the range "${shortened(said)}" that the file has ${total} bytes, which cannot be; download the file and name that`,
      { file: url },
    )
  }
  return { total, version: headers.get('etag') ?? headers.get('last-modified') ?? undefined }
}

/** What a server says, as far as a line has room for it. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function changed(url: string): DataError {
  return new DataError('mismatch', 'changed on the server while it was read; run again with --restart', {
    file: url,
  })
}

/** What failed on the way; a cause of fetch tells more than its own message. */
function passing(error: unknown): Passing {
  if (error instanceof Passing) return error
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  const said = cause?.code ?? cause?.message ?? message
  return new Passing(said === 'terminated' ? 'the connection was lost' : said, undefined, error)
}

/** `Retry-After` as ms: seconds, or a date. */
function afterMs(text: string | null): number | undefined {
  if (text === null) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return ms >= 0 ? ms : undefined
}
