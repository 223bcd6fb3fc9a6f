export { openParquet, type ParquetOptions } from './open.js'
export { looksLikeParquet } from './signature.js'
