import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'

/** What `matches` is called in an environment: its own has JavaScript's regular expressions, which can take for ever. */
export const MATCHES = 'matchesInLinearTime'

/** Compiled patterns that are kept: more come from columns alone. */
const MOST_KEPT = 100

/**
 * Gives an environment regular expressions as the language defines them, RE2's, which take time in proportion to the length of the
 * text: no pattern holds a run.
 */
export function registerMatches(environment: Environment): void {
  const kept = new Map<string, RE2JS>()
  environment.registerFunction(`string.${MATCHES}(string): bool`, (text: string, pattern: string) => {
    let compiled = kept.get(pattern)
    if (compiled === undefined) {
      compiled = compile(pattern)
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(pattern, compiled)
    }
    return compiled.matcher(text).find()
  })
}

/** Has a call of `matches` go to that. Throws a plain Error for a pattern that is none. */
export function useMatches(node: ASTNode): void {
  if (node.op !== 'rcall' || node.args[0] !== 'matches') return
  const call = node.args as unknown as [string, ASTNode, readonly ASTNode[]]
  call[0] = MATCHES
  const [pattern] = call[2]
  if (pattern?.op === 'value' && typeof pattern.args === 'string') compile(pattern.args)
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(
      `${JSON.stringify(pattern)} is not a regular expression of RE2: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}
