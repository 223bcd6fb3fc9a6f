import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { startCli, temporaryFolder } from '../support/cli.js'

// Servers that say what cannot be, or nothing more: neither holds a run.

const folder = temporaryFolder()

/** A server that answers every request so, while `work` runs. */
async function withServer(
  answer: (response: ServerResponse, range: string) => void,
  work: (url: string, asked: Promise<void>) => Promise<void>,
): Promise<void> {
  let ask = () => {}
  const asked = new Promise<void>(resolve => {
    ask = resolve
  })
  const server = createServer((request, response) => {
    ask()
    answer(response, /(\d+-\d+)/.exec(request.headers.range ?? '')?.[1] ?? '0-0')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/maps.arrow`, asked)
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

it.each(['9'.repeat(400), '9'.repeat(20), '9007199254740993', '0'])(
  'a size of %s bytes is an error of the server, at once',
  async total => {
    await withServer(
      (response, range) => {
        const [start, end] = range.split('-').map(Number)
        const body = Buffer.alloc(Math.min(end - start + 1, 100))
        response.writeHead(206, { 'content-range': `bytes ${range}/${total}`, 'content-length': body.length })
        response.end(body)
      },
      async url => {
        const { code, stderr } = await startCli(['score', url], { cwd: folder }).ended
        expect(stderr).toMatch(
          /the server says in the range ".*" that the file has .* bytes, which cannot be/,
        )
        expect(stderr.length).toBeLessThan(500)
        expect(code).toBe(75)
      },
    )
  },
)

it.each([
  ['answers nothing', () => {}],
  [
    'is busy for ever',
    (response: ServerResponse) => response.writeHead(503, { 'retry-after': '3600' }).end(),
  ],
  [
    'sends a byte now and then',
    (response: ServerResponse, range: string) => {
      response.writeHead(206, { 'content-range': `bytes ${range}/1000000`, 'content-length': 1000 })
      const timer = setInterval(() => response.write('x'), 50)
      response.once('close', () => clearInterval(timer))
    },
  ],
])('SIGTERM ends a run whose server %s', async (_, answer) => {
  for (const command of [['score'], ['convert', '-o', 'out.arrow'], ['plan', '--out', 'plan.json']]) {
    await withServer(answer, async (url, asked) => {
      const { child, ended } = startCli([...command, url], { cwd: folder })
      await asked
      child.kill('SIGTERM')
      expect((await ended).code).toBe(143)
    })
  }
})
