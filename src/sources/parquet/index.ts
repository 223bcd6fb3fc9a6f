export { looksLikeParquet } from './footer.js'
export { openParquet, type ParquetOptions } from './open.js'
