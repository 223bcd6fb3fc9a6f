export { openBed, placeOf, REGION } from './columns.js'
