/** `1 map`, `2 maps`, `1,000 maps`. */
export function plural(count: number, what: string, whats = `${what}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? what : whats}`
}

/** `A`, `A and B`, `A, B and C`; of more than `most`, `A, B and 5 more`. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Text in lines of at most `width` characters, each indented. */
export function wrapped(text: string, width: number, indent = 0): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line += line === '' ? word : ` ${word}`
  }
  return [...lines, line].map(text => ' '.repeat(indent) + text).join('\n')
}
