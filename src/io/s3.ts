import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { DataError } from '../core/errors.js'
import type { RemoteFile } from './http.js'
import { collectBytes, orInterrupted, Passing, patience, withRetries } from './retries.js'

// The client is loaded when a file on S3 is first met: it takes half a second.
const load = () => import('@aws-sdk/client-s3')

let client: Promise<InstanceType<Awaited<ReturnType<typeof load>>['S3Client']>> | undefined

/** One client for a thread. Servers other than Amazon's have no host name for each bucket. */
async function s3() {
  // The client advises on versions of Node, which does not concern users.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const { S3Client } = await load()
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(process.env['AWS_REGION'] === undefined && process.env['AWS_DEFAULT_REGION'] === undefined
      ? { region: 'us-east-1' }
      : {}),
    maxAttempts: 1, // retried here, as http is
    // Not every server knows the newer checksums; lengths and tags are checked here.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/**
 * An object `s3://bucket/key`, with the credentials that the AWS tools use, at `AWS_ENDPOINT_URL` where that is set.
 *
 * Errors: `usage`, for an address without a key; else as `openHttp`.
 */
export async function openS3(url: string): Promise<RemoteFile> {
  const found = /^s3:\/\/([^/]+)\/(.+)$/i.exec(url)
  if (found === null) throw new DataError('usage', 'expected s3://bucket/key', { file: url })
  const [, Bucket, Key] = found
  const { GetObjectCommand, HeadObjectCommand } = await load()
  client ??= s3()
  const connection = await client
  const send = <T>(work: (abortSignal: AbortSignal) => Promise<T>) =>
    guarded(url, orInterrupted(AbortSignal.timeout(patience().stallMs)), work)
  const head = await withRetries(url, () =>
    send(abortSignal => connection.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal })),
  )
  const { ContentLength: size = 0, ETag: version } = head
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new DataError('io', `the server says that the object has ${size} bytes, which cannot be`, {
      file: url,
    })
  }
  return {
    size,
    version,
    fetch(start, length) {
      return collectBytes(url, length, async (done, piece) => {
        const Range = `bytes=${start + done}-${start + length - 1}`
        const command = new GetObjectCommand({ Bucket, Key, Range, IfMatch: version })
        const answer = await send(abortSignal => connection.send(command, { abortSignal }))
        await take(url, answer, length - done, piece)
      })
    },
  }
}

/** Hands over the body: exactly `length` bytes, or a passing failure. */
async function take(
  url: string,
  { Body }: GetObjectCommandOutput,
  length: number,
  piece: (bytes: Uint8Array) => void,
): Promise<void> {
  const body = Body as unknown as AsyncIterable<Uint8Array> & { destroy?(): void }
  const { stallMs } = patience()
  let left = length
  let timer: NodeJS.Timeout | undefined
  let stalled = false
  const awake = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      stalled = true
      body.destroy?.()
    }, stallMs)
  }
  const interrupted = orInterrupted(new AbortController().signal)
  const drop = () => body.destroy?.()
  interrupted.addEventListener('abort', drop)
  awake()
  try {
    for await (const bytes of body) {
      awake()
      if (bytes.length > left)
        throw new DataError('io', 'the server sent more than was asked for', { file: url })
      piece(bytes)
      left -= bytes.length
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new Passing(stalled ? `the server sent nothing for ${stallMs / 1000} s` : 'the connection was lost')
  } finally {
    clearTimeout(timer)
    interrupted.removeEventListener('abort', drop)
  }
  if (left > 0) throw new Passing(`the server sent ${length - left} of ${length} bytes`)
}

/** Errors of the client as those of this package, or as passing. */
async function guarded<T>(
  url: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const file = url
  try {
    return await work(signal)
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    const status = $metadata?.httpStatusCode
    if (status === 404 || name === 'NoSuchKey' || name === 'NoSuchBucket') {
      throw new DataError('not-found', 'no such object; check the bucket and the key', { file }, error)
    }
    if (status === 403 || status === 401 || status === 400 || name === 'CredentialsProviderError') {
      throw new DataError(
        'not-found',
        `may not be read (${name}: ${message}); check the credentials and the endpoint`,
        { file },
        error,
      )
    }
    if (status === 412 || status === 416) {
      throw new DataError(
        'mismatch',
        'changed on the server while it was read; run again with --restart',
        { file },
        error,
      )
    }
    throw new Passing(signal.aborted ? 'the server does not answer' : `${name}: ${message}`, undefined, error)
  }
}
