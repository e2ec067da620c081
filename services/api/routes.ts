import { listChanges } from './changes/list-changes.js'
import { readChange } from './changes/read-change.js'
import { listConflicts } from './conflicts/list-conflicts.js'
import { listDisputes } from './disputes/list-disputes.js'
import { readEvent } from './events/read-event.js'
import { streamChanges } from './live/stream-changes.js'
import { changesFeed } from './feeds/changes-feed.js'
import { readMatrix } from './matrix/read-matrix.js'
import { listPositions } from './positions/list-positions.js'
import { positionCondition } from './positions/position-condition.js'
import { positionHistory } from './positions/position-history.js'
import { readPosition } from './positions/read-position.js'
import { listEntities } from './registry/list-entities.js'
import { readEntity } from './registry/read-entity.js'
import { listReports } from './reports/list-reports.js'
import { readReport } from './reports/read-report.js'
import type { Route } from './route.js'
import { listStatements } from './statements/list-statements.js'
import { readStatement } from './statements/read-statement.js'
import { statementEvents } from './statements/statement-events.js'
import { listQuarantine } from './status/list-quarantine.js'
import { readStatus } from './status/read-status.js'

/** Every use case of the api. */
export const ROUTES: readonly Route[] = [
  listPositions,
  readPosition,
  positionHistory,
  positionCondition,
  readMatrix,
  listChanges,
  readChange,
  streamChanges,
  changesFeed,
  listConflicts,
  listDisputes,
  listStatements,
  readStatement,
  statementEvents,
  readEvent,
  listEntities,
  readEntity,
  listReports,
  readReport,
  readStatus,
  listQuarantine,
]
