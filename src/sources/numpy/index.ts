export { openNumpy } from './open.js'
