// What `npm run dev` runs under tsx: the command from its sources.
import { main } from './main.ts'

process.exit(await main(process.argv.slice(2)))
