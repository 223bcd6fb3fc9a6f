/** Whether codecs are to do without native code, as on platforms that have none: ATTRSTREAM_CODECS=portable. */
export const isPortable = (): boolean => process.env['ATTRSTREAM_CODECS'] === 'portable'
