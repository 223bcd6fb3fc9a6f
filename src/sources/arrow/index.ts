/** Arrow IPC: files, streams on disk and streams through pipes. */
export { type ArrowOptions, openArrow } from './file.js'
export { type ArrowPipeOptions, openArrowPipe } from './pipe.js'
export { looksLikeArrow } from './signature.js'
