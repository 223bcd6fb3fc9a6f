export { openFastaColumns } from './columns.js'
export { type FastaOptions, looksLikeFasta, openFasta } from './stream.js'
