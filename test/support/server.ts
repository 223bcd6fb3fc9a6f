import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** What a server does with a request for a range, in its turn. */
export type Behaviour =
  | 'answer'
  | '503'
  | '429 come again'
  | 'drop' // after some of the bytes the connection is gone
  | 'refuse' // the connection is gone at once
  | 'stall' // after some of the bytes nothing more comes
  | 'silence' // nothing comes at all
  | 'short' // fewer bytes than asked for, and said so
  | 'other range'
  | 'more' // a body longer than the range
  | 'ignore ranges'
  | 'changed' // the file is another from now on
  | '403'
  | '404'

export interface Served {
  readonly bytes: Uint8Array
  /** What the first requests meet, in order; all later ones are answered, or meet the last where it goes on. */
  readonly behaviours?: readonly Behaviour[]
  readonly forever?: boolean
  readonly tag?: 'strong' | 'weak' | 'none'
}

export interface TestServer {
  url(name: string): string
  /** Files by name; replaces what was served. */
  serve(files: { readonly [name: string]: Served }): void
  /** Ranges asked for, of all files. */
  readonly requests: { readonly name: string; readonly range: string | undefined }[]
}

/** A real server on this machine, for the tests of a file. */
export function testServer(): TestServer {
  let files: { readonly [name: string]: Served } = {}
  let turns = new Map<string, number>()
  const changedNames = new Set<string>()
  const requests: { name: string; range: string | undefined }[] = []
  const sockets = new Set<Socket>()
  let port = 0

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const name = decodeURIComponent((request.url ?? '').slice(1).replace(/\?.*/, ''))
    const { range } = request.headers
    requests.push({ name, range })
    const served = files[name]
    if (served === undefined) return void response.writeHead(404).end()
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    const { behaviours = [], forever = false } = served
    const behaviour = behaviours[turn] ?? (forever ? behaviours.at(-1) : undefined) ?? 'answer'
    if (behaviour === 'changed') changedNames.add(name)
    const bytes = changedNames.has(name) ? served.bytes.map(byte => byte ^ 1) : served.bytes
    const tag = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const headers: { [name: string]: string } = { 'accept-ranges': 'bytes' }
    if (served.tag === 'weak') headers.etag = `W/"${tag}"`
    else if (served.tag !== 'none') headers.etag = `"${tag}"`
    const stale = request.headers['if-range'] !== undefined && request.headers['if-range'] !== headers.etag
    const found = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')
    if (behaviour === '503') return void response.writeHead(503, { 'retry-after': 'soon' }).end('busy')
    if (behaviour === '429 come again') return void response.writeHead(429, { 'retry-after': '0' }).end()
    if (behaviour === '403' || behaviour === '404') return void response.writeHead(Number(behaviour)).end()
    if (behaviour === 'refuse') return void request.socket.destroy()
    if (behaviour === 'silence') return
    if (found === null || stale || behaviour === 'ignore ranges') {
      return void response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
    }
    if (bytes.length === 0) return void response.writeHead(416, { 'content-range': 'bytes */0' }).end()
    const start = Number(found[1]) + (behaviour === 'other range' ? 1 : 0)
    const end = Math.min(bytes.length, Number(found[2]) + 1)
    const piece = bytes.subarray(start, end)
    const said = { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }
    const half = piece.subarray(0, piece.length >> 1)
    if (behaviour === 'drop' || behaviour === 'stall') {
      response.writeHead(206, { ...said, 'content-length': piece.length })
      response.write(half, () => {
        if (behaviour === 'drop') setTimeout(() => request.socket.destroy(), 20)
      })
    } else if (behaviour === 'short') response.writeHead(206, said).end(half)
    else if (behaviour === 'more') response.writeHead(206, said).end(Buffer.concat([piece, piece, half]))
    else response.writeHead(206, { ...said, 'content-length': piece.length }).end(piece)
  }

  const server = createServer(handle)
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return {
    url: name => `http://127.0.0.1:${port}/${encodeURIComponent(name)}`,
    serve(next) {
      files = next
      turns = new Map()
      changedNames.clear()
      requests.length = 0
    },
    requests,
  }
}
