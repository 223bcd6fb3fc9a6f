import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The repository stands alone: what its files read is in it, wherever it is cloned.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['src', 'test', 'docs', 'data-samples', 'pipelines', '.ci']
/** What Git ignores, and what others wrote. */
const LEFT_OUT = /(?:^|\/)(?:node_modules|__pycache__)\/|^docs\/api\/|^test\/fixtures\/hostile\//

const files = FOLDERS.flatMap(folder =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length)),
).filter(path => !LEFT_OUT.test(path))

/** Each text file with its text; a file with a NUL byte is none. */
const texts = files.flatMap((path): [path: string, text: string][] => {
  const bytes = readFileSync(join(ROOT, path))
  return bytes.includes(0) ? [] : [[path, bytes.toString('utf8')]]
})

it('finds the files', () => {
  expect(texts.length).toBeGreaterThan(500)
  for (const folder of FOLDERS) expect(files.some(path => path.startsWith(`${folder}/`))).toBe(true)
})

describe('no file names', () => {
  const found = (pattern: RegExp, isWrong: (path: string, match: RegExpExecArray) => boolean = () => true) =>
    texts.flatMap(([path, text]) =>
      [...text.matchAll(pattern)].filter(match => isWrong(path, match)).map(([words]) => `${path}: ${words}`),
    )

  it('a relative path that leaves the repository', () => {
    const leaves = (path: string, [relative]: RegExpExecArray) =>
      normalize(join(dirname(path), relative)).startsWith('..')
    expect(found(/(?:\.\.\/)+[\w.*-]*/g, leaves)).toEqual([])
  })

  it('a path above the root of the repository', () => {
    expect(found(/\bROOT[,}]\s*['"`]?\/?\.\.\/?[\w.-]*/g)).toEqual([])
  })

  it('a folder next to the repository', () => {
    expect(found(/\bshared\/[\w-]+/g)).toEqual([])
  })

  it('a folder of the machine where it was written', () => {
    expect(found(/(?<![\w.$}~-])\/(?:work|root|home|Users|tmp\/w)\/[\w.-]+/g)).toEqual([])
  })
})

it('no test is skipped because a file is missing', () => {
  for (const [path, text] of texts.filter(([path]) => path.startsWith('test/') && path.endsWith('.ts'))) {
    const conditions = [...text.matchAll(/\b(?:skipIf|runIf)\(([^)]*\)?)/g)].map(([, condition]) => condition)
    const ofFiles = [...text.matchAll(/\bconst (\w+) =[^\n]*\bexistsSync\(/g)].map(([, name]) => name)
    for (const condition of conditions) {
      expect(condition, path).not.toMatch(/\bexistsSync\b/)
      for (const name of ofFiles) expect(condition, path).not.toMatch(new RegExp(`\\b${name}\\b`))
    }
  }
})

it('licences lie with the files of others', () => {
  for (const path of ['hostile/LICENSE.txt', 'motifs/LICENSE', 'tf-mindi/LICENSE']) {
    expect(existsSync(join(ROOT, 'test/fixtures', path)), path).toBe(true)
  }
})
