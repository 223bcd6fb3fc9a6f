import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { learnSecrets, shownPath, shownWords, withoutSecrets } from '../../src/core/address.js'
import { DataError } from '../../src/core/errors.js'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { testServer } from '../support/server.js'
import { firstOf } from '../support/thorough.js'

// Signatures and passwords of addresses are nobody's but the server's.

const SECRET = 'S1GNATURE'
const server = testServer()
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

beforeAll(() => writeDump(at('maps.arrow'), makeRecords(80, 60), { rows: 10 }))

describe('an address', () => {
  it.each([
    [`https://host/a.arrow?X-Amz-Signature=${SECRET}&x=1`, 'https://host/a.arrow'],
    [`HTTPS://user:${SECRET}@host/a.arrow#${SECRET}`, 'HTTPS://host/a.arrow'],
    [`s3://bucket/key?sig=${SECRET}`, 's3://bucket/key'],
    [`http:/host/a?sig=${SECRET} ${SECRET}`, 'http:/host/a'],
    ['maps/a?b.arrow', 'maps/a?b.arrow'],
  ])('%s is shown as %s', (path, shown) => {
    expect(shownPath(path)).toBe(shown)
    expect(shownWords([`--sequences=${path}`])).toEqual([`--sequences=${shown}`])
  })

  it('is hidden within texts, and what a command line has of it wherever it turns up', () => {
    learnSecrets([`--prior=http://host/b.fa?sig=${SECRET}`])
    expect(withoutSecrets(`b.fa?sig=${SECRET}: cannot be read`)).toBe('b.fa: cannot be read')
    const error = new DataError('io', `no answer of http://u:p@host/x?token=${SECRET}, 6 times`)
    expect(error.message).toBe('no answer of http://host/x 6 times')
  })
})

/** Files below a folder that hold the secret. */
function leaks(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(SECRET))
    .map(({ name }) => name)
}

describe.each([
  ['the input', (url: string) => [url]],
  ['--sequences', (url: string) => ['maps.arrow', '--sequences', url]],
  ['--sequences=', (url: string) => ['maps.arrow', `--sequences=${url}`]],
  ['--prior', (url: string) => ['maps.arrow', '--prior', url]],
])('a signature in the address of %s', (_, wordsOf) => {
  it.each(firstOf(['query', 'password']))(
    '(a %s) is in no result, state, plan, page or message',
    async kind => {
      server.serve({ 'maps.arrow': { bytes: readFileSync(at('maps.arrow')) } })
      const url = server.url('maps.arrow')
      const words = wordsOf(
        kind === 'query' ? `${url}?X-Amz-Signature=${SECRET}` : url.replace('://', `://user:${SECRET}@`),
      )
      const name = createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 8)
      const commands = [
        ['score', ...words, '--out', name, '--checkpoint', `${name}.state`, '--report', `${name}.html`],
        ['plan', ...words, '--out', `${name}.json`],
        ['convert', ...words.slice(0, words[1] === '--prior' ? 1 : undefined), '-o', `${name}.parquet`],
        ['state', `${name}.state`, '--format', 'json'],
      ]
      for (const command of commands) {
        const { code, stdout, stderr } = await cli([...command, '--log', 'json'], { cwd: folder })
        expect(code, stderr).toBe(0)
        expect(stdout + stderr).not.toContain(SECRET)
      }
      expect(leaks()).toEqual([])
    },
  )

  it('may be another when a checkpoint is gone on from', async () => {
    server.serve({ 'maps.arrow': { bytes: readFileSync(at('maps.arrow')) } })
    const state = `${wordsOf('').join('').replaceAll(/\W/g, '')}.signed.state`
    for (const sign of ['one', 'two']) {
      const words = wordsOf(`${server.url('maps.arrow')}?signature=${sign}`)
      const { code, stderr } = await cli(['score', ...words, '--checkpoint', state], { cwd: folder })
      expect(code, stderr).toBe(0)
    }
  })
})

it('is in no event of a failure, nor in the stack that --debug prints', async () => {
  server.serve({})
  const url = `${server.url('none.arrow')}?X-Amz-Signature=${SECRET}`
  for (const more of [['--log', 'json'], ['--debug'], []]) {
    const { code, stdout, stderr } = await cli(['score', url, ...more], { cwd: folder })
    expect(code).toBe(1)
    expect(stdout + stderr).not.toContain(SECRET)
  }
})
