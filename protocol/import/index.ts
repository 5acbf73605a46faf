export { readTssLibShare, type TssLibShare } from './tss-lib.ts'
