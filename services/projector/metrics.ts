import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ProjectorEvents } from './projector.js'

/** What an operator watches. Names and labels are stable. */
export const projectorMetrics = (registry: Registry): Omit<ProjectorEvents, 'parked'> & { parked(): void } => {
  const registers = [registry]
  const records = new Counter({
    name: 'projector_records_total',
    help: 'Records projected, by what became of them',
    labelNames: ['outcome'],
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'projector_batch_duration_seconds',
    help: 'From the start of a transaction to its commit',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const tracks = new Counter({ name: 'projector_tracks_folded_total', help: 'Tracks folded or extended', registers })
  const failures = new Counter({ name: 'projector_failures_total', help: 'Failures that are tried again', registers })
  const parkedTracks = new Counter({ name: 'projector_tracks_parked_total', help: 'Folds that threw', registers })
  const halted = new Gauge({ name: 'projector_halted', help: '1 while an operator is needed', registers })
  return {
    projected: ({ outcomes, tracksFolded }, elapsedMs) => {
      for (const [outcome, count] of outcomes) records.inc({ outcome }, count)
      tracks.inc(tracksFolded)
      batchSeconds.observe(elapsedMs / 1000)
    },
    failed: () => failures.inc(),
    halted: () => halted.set(1),
    parked: () => parkedTracks.inc(),
  }
}
