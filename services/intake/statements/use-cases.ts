import type { WriteUseCase } from '../writes/use-case.js'
import { attachEvidence } from './attach-evidence.js'
import { correctStatement } from './correct-statement.js'
import { mergeStatements } from './merge-statements.js'
import { recordStatement } from './record-statement.js'
import { retractStatement } from './retract-statement.js'
import { suppressStatement } from './suppress-statement.js'
import { voidStatement } from './void-statement.js'

/** A statement and what amends it. Amendments name the dossier, which is the key of the topic. */
export const STATEMENT_USE_CASES: readonly WriteUseCase[] = [
  recordStatement,
  attachEvidence,
  correctStatement,
  retractStatement,
  voidStatement,
  suppressStatement,
  mergeStatements,
]
