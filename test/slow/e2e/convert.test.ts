import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, startCli, temporaryFolder, until } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const run = (args: readonly string[]) => cli(args, { cwd: folder })

// Some 40 MB: several groups.
beforeAll(() => writeDump(at('many.arrow'), makeRecords(1250, 2000, 5), { rows: 50 }))

async function converted(args: readonly string[]): Promise<string> {
  const { code, stderr } = await run(['convert', ...args])
  expect(stderr).not.toMatch(/ {4}at /)
  expect(code, stderr).toBe(0)
  return stderr
}

describe('a conversion in several groups', () => {
  it.each(['arrow', 'parquet'])('gives the same %s after kills and signals', async to => {
    const whole = `whole.${to}`
    expect(await converted(['many.arrow', '-o', whole, '--verify'])).toMatch(/1250 records in 5 /)
    const out = `killed.${to}`
    const state = at(`${to}.state`)
    const args = ['convert', 'many.arrow', '-o', out, '--checkpoint', state, '--every', '1r', '--verify']
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const before = existsSync(state) ? readFileSync(state, 'utf8') : ''
      const { child, ended } = startCli(args, { cwd: folder })
      await until(
        () => child.exitCode !== null || (existsSync(state) && readFileSync(state, 'utf8') !== before),
        'a further state is saved',
      )
      child.kill(signal)
      const { code, stderr } = await ended
      expect(existsSync(at(out))).toBe(false)
      if (signal === 'SIGTERM') {
        expect(stderr).toMatch(/resumed from \d+ records/)
        expect([code, stderr]).toEqual([143, expect.stringContaining('run the same command to resume')])
      }
    }
    const last = await run(args)
    expect(last.stderr).toMatch(/resumed from \d+ records/)
    expect(last.code).toBe(0)
    expect(readFileSync(at(out)).equals(readFileSync(at(whole)))).toBe(true)
    expect(existsSync(state)).toBe(false)
    expect(readdirSync(folder).filter(name => /partial|tmp/.test(name))).toEqual([])
  })

  it('notices a file that does not read back, and a checkpoint of something else', async () => {
    const args = [
      'convert',
      'many.arrow',
      '-o',
      'spoilt.arrow',
      '--checkpoint',
      'spoilt.state',
      '--every',
      '1r',
    ]
    const { child, ended } = startCli(args, { cwd: folder })
    await until(() => child.exitCode !== null || existsSync(at('spoilt.state')), 'a state is saved')
    child.kill('SIGKILL')
    await ended
    const other = await run([...args, '--float16'])
    expect(other.stderr).toMatch(/was made with .*element "?float32"?.* now .*element "?float16"?/)
    expect(other.code).toBe(78)
    const unfinished = () => at(readdirSync(folder).find(name => /^\.spoilt\..*\.partial$/.test(name)) ?? '')
    const partial = readFileSync(unfinished())
    partial[2 ** 20] ^= 1
    writeFileSync(unfinished(), partial)
    const spoilt = await run([...args, '--verify'])
    expect(spoilt.stderr).toMatch(/spoilt\.arrow .*: does not read back as it was written: group 0 of 5/)
    expect(spoilt.code).toBe(65)
    expect(existsSync(at('spoilt.arrow'))).toBe(false)
    writeFileSync(unfinished(), partial.subarray(0, 100))
    const short = await run(args)
    expect([short.code, short.stderr]).toEqual([
      78,
      expect.stringContaining('has less than the checkpoint says'),
    ])
    const state = readFileSync(at('spoilt.state'))
    state[state.length - 20] ^= 1
    writeFileSync(at('spoilt.state'), state)
    const damaged = await run(args)
    expect([damaged.code, damaged.stderr]).toEqual([65, expect.stringContaining('is a damaged checkpoint')])
    expect((await run([...args, '--restart'])).code).toBe(0)
  })

  it('takes memory for a group, whatever the size of its input', async () => {
    for (const to of ['arrow', 'parquet']) {
      const limited = await cli(['convert', 'many.arrow', '-o', `limited.${to}`], {
        cwd: folder,
        node: ['--max-old-space-size=160'],
      })
      expect(limited.code, limited.stderr).toBe(0)
    }
  })
})
