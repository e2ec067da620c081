/** One round of one subject, in a process of its own: `node run-subject.js <name> <context as JSON>`, started by `rounds.ts`. */
import type { BenchContext } from './subject.js'
import { SUBJECTS } from './subjects.js'

const [name, context] = process.argv.slice(2)
const subject = SUBJECTS.find((one) => one.name === name)
if (!subject || context === undefined || !process.send) throw new Error('started by rounds.ts only')
const measurement = await subject.run(JSON.parse(context) as BenchContext)
process.send(measurement, () => process.disconnect())
