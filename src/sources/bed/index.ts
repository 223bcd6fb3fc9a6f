export { openBed } from './columns.js'
