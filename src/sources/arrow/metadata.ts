import type { KeyValue } from 'apache-arrow/fb/key-value'

interface Annotated {
  customMetadata(index: number): KeyValue | null
  customMetadataLength(): number
}

/** The key-value metadata of a schema, field or message. */
export function readMetadata(of: Annotated): Map<string, string> {
  const metadata = new Map<string, string>()
  for (let i = 0, n = of.customMetadataLength(); i < n; i++) {
    const entry = of.customMetadata(i)
    const key = entry?.key()
    if (entry && typeof key === 'string') metadata.set(key, entry.value() ?? '')
  }
  return metadata
}
