export { keygenRun, subsets, testRoster } from './parties.ts'
export { pick, seededRng } from './seeded-rng.ts'
export { simulate, type Letter, type Simulation, type Tamper } from './simulate.ts'
