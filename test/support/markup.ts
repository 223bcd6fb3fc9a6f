const VOID = new Set(['meta', 'br', 'link', 'img', 'input', 'hr'])

/** Elements of HTML or SVG text in order, with their attributes. Throws where tags do not nest, or text is not escaped. */
export function elementsOf(markup: string): { name: string; attributes: { [name: string]: string } }[] {
  const found: { name: string; attributes: { [name: string]: string } }[] = []
  const open: string[] = []
  let at = 0
  while (at < markup.length) {
    const raw = open.at(-1)
    if (raw === 'script' || raw === 'style') {
      const end = markup.indexOf(`</${raw}>`, at)
      if (end < 0) throw new Error(`${raw} does not end`)
      at = end
    }
    const start = markup.indexOf('<', at)
    const text = markup.slice(at, start < 0 ? markup.length : start)
    if (raw !== 'script' && raw !== 'style') {
      if (/>/.test(text)) throw new Error(`> in the text ${JSON.stringify(text.slice(0, 80))}`)
      if (/&(?!(amp|lt|gt|quot|#39|#10);)/.test(text))
        throw new Error(`& in the text ${JSON.stringify(text.slice(0, 80))}`)
    }
    if (start < 0) break
    const tag =
      /^<(?:!doctype html|\?xml[^>]*\?|(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?))>/.exec(
        markup.slice(start),
      )
    if (tag === null) throw new Error(`no tag: ${JSON.stringify(markup.slice(start, start + 80))}`)
    at = start + tag[0].length
    const [, closing, name, attributes, empty] = tag
    if (name === undefined) continue
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) throw new Error(`</${name}> ends ${last}`)
      continue
    }
    found.push({
      name,
      attributes: Object.fromEntries(
        [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, key, value = '']) => [key, value]),
      ),
    })
    if (empty !== '/' && !VOID.has(name)) open.push(name)
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`)
  return found
}
