import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// What users read is to sound as a manual page would. Turns that do not are kept out by name, each with what to write instead.

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const PER =
  'files?|models?|sequences?|positions?|maps?|lines?|rows?|values?|records?|pairs?|inch|windows?|groups?|units?|pixels?'

/** A turn that is not to be used, and what to write instead. */
const BANNED: readonly (readonly [turn: RegExp, better: string])[] = [
  [/\b(?:tells?|telling|told)\b/i, 'report, show, decide, distinguish'],
  [/\bbeside\b/i, 'next to, in the same folder as, as well as'],
  [/\banew\b/i, 'again, start over'],
  [/\b(?:so|as) many\b/i, 'that many, the same number of, per, at most'],
  [/\b(?:what becomes of|comes? to (?:a|the|\d))\b/i, 'reaches, gives, happens to'],
  [/\bnobody\b/i, 'no one, unassigned'],
  [/\bof no (?:format|form|kind)\b/i, 'unsupported format'],
  [/(?<!there )\bis no (?!longer|more|less|fewer|other|need|reason|answer)(?:an? )?[\w-]+/i, 'is not a ...'],
  [/\bwhere (?:there (?:is|are)|it(?:'s| is)|they are|one is|none is|that is|not\b|need be)/i, 'if'],
  [/\b(?:goes?|going|went) on (?:from|with|where)\b/i, 'resume, continue'],
  [/\bbegins? (?:anew|again)\b/i, 'start over'],
  [/\b(?:is|are|was|were) (?:there|named) twice\b/i, 'occurs twice, is given twice by ...'],
  [
    new RegExp(
      `\\b(?:one|two|four|eight|bytes|records?|rows?|models?|points?|curves?|motifs|stars?|many) an? (?:${PER})\\b`,
      'i',
    ),
    'per',
  ],
  [
    /\b(?:is|are|was|were) of (?:a |an |the )?(?:other|another|model|pipeline|plan|format|merged|metadata)\b/i,
    'was made with, belongs to, has',
  ],
  [
    /\b(?:is|are|be|stands?|stand) (?:whole|already whole)\b(?! numbers?)|\bwhole already\b|\bstands? already\b/i,
    'is complete',
  ],
  [/\bending of\b|\bby (?:its|the) ending\b|\bthis ending\b/i, 'file extension'],
  [/\bforms? of the (?:answer|file|rows|scores|result)/i, 'output format, file format'],
  [/\bfigures? of (?:generali[sz]ation|performance)\b/i, 'performance value, held-out performance'],
  [/\bnames? no (?:form|format)\b/i, 'cannot infer the format'],
  [/\bless (?:that|what)\b/i, 'minus'],
  [/\b(?:is|are|be) put together\b/i, 'merged, assembled'],
  [/\btaken? off\b|\btakes off\b/i, 'subtract'],
  [/\bdoes not go with\b|\bgoes with no\b|\bgo(?:es)? beside\b/i, 'cannot be combined with'],
  [/\bas in (?=[-'"$\w]*(?:[=.<>0-9]|auroc|task|label))/i, 'such as, for example'],
  [/\bsay (?:--|so with|whether to)/i, 'give --option'],
  [
    /(?:;|:|,) (?:or )?name (?:a|an|another|it|one|two|the|files?|folders?|others?|such|some|motifs?|dumps|ids|models|each|what|its|more|this)\b/i,
    'give, choose, check',
  ],
  [/\breally beats?\b/i, 'beats'],
  [/\bwhatever\b/i, 'any, regardless of'],
  [/\bwhat (?:noise|it|a model|the network|they) (?:is|are) made of\b/i, 'null model'],
  [/\bof its own\b.*\bof its own\b/i, 'separate'],
  [/\bin the place of\b/i, 'instead of'],
  [/\bit is no(?:t the)? business\b/i, 'does not concern'],
  [/\bdoes not cure\b|\bkeep the others from\b/i, 'does not help, does not stop'],
  [/\b(?:another|other) than (?:the|those) (?:of|it)\b/i, 'different from'],
  [/\bto be (?:held|laid) against\b|\bheld against\b|\blaid (?:on|over)\b/i, 'compared with, applied to'],
  [/\bbears? the\b/i, 'has the'],
  [/\bthe like\b|\band their like\b/i, 'similar'],
  [/\b(?:people|machines) (?:have|get) (?:it|them)\b/i, 'rephrase'],
  [/\blets? (?:through|be)\b/i, 'allow'],
  [/\bhow (?:the run|it|they) stands?\b/i, 'state of the run, progress'],
]

const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && ending.test(entry.name) && !/node_modules/.test(entry.parentPath))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))

/** Strings of more than one word in a file of code, comments left out. */
function stringsOf(path: string): string[] {
  const code = readFileSync(join(ROOT, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
  const strings = [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)]
  return strings.flatMap(([text]) => (/[a-z]+ [a-z-]/i.test(text) ? text.slice(1, -1) : []))
}

/** Turns that are kept out of comments as well. */
const IN_COMMENTS = /\b(?:anew|becomes of|so many|nobody|whoever|told apart|unless told)\b/i

function commentsOf(path: string): string[] {
  const code = readFileSync(join(ROOT, path), 'utf8')
  return [...code.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm)].map(([text]) =>
    text.replace(/\s*\n\s*\*? ?/g, ' '),
  )
}

/** Paragraphs and comments of shell blocks in a page; other blocks of code left out. */
function proseOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(
    /```(\w*)\n([\s\S]*?)```/g,
    (_, language: string, block: string) =>
      language === 'sh' ? block.replace(/^(?![^\n]*# )[^\n]*$/gm, '').replace(/^[^\n]*# /gm, '\n') : '',
  )
  return text.split(/\n(?:\s*\n|(?=[|*-] ))/).map(part => part.replace(/\s+/g, ' '))
}

function turnsIn(texts: readonly string[]): string[] {
  return texts.flatMap(text =>
    BANNED.flatMap(([turn, better]) => {
      const found = turn.exec(text)
      if (found === null) return []
      const around = text.slice(Math.max(0, found.index - 40), found.index + found[0].length + 40)
      return [`"${found[0]}" (write: ${better}) in: ${around}`]
    }),
  )
}

describe('no stilted turn is in', () => {
  const code = filesIn('src', /\.ts$/).filter(path => !path.includes('kernels'))
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...filesIn('docs', /\.md$/).filter(path => !path.startsWith('docs/api')),
    ...filesIn('pipelines', /README\.md$/),
    ...filesIn('data-samples', /README\.md$/),
  ]
  it('finds texts', () => {
    expect(code.flatMap(stringsOf).length).toBeGreaterThan(1500)
    expect(pages.flatMap(proseOf).length).toBeGreaterThan(400)
  })
  it.each(code.map(path => [path]))('texts of %s', path => expect(turnsIn(stringsOf(path))).toEqual([]))
  it('comments', () => {
    const comments = code.flatMap(commentsOf)
    expect(comments.length).toBeGreaterThan(2000)
    expect(comments.filter(text => IN_COMMENTS.test(text))).toEqual([])
  })
  it.each(pages.map(path => [path]))('%s', path => expect(turnsIn(proseOf(path))).toEqual([]))
})
