import type { StartConfig } from './start-config.js'

/** The three lines that show what a ledger is: a position, how it came about, and everything that changed. */
export const curlLines = ({ apiPort }: Pick<StartConfig, 'apiPort'>): string[] => {
  const api = `http://127.0.0.1:${apiPort}`
  return [
    `curl -s ${api}/v1/positions/irn/irn-rus.uav/FACT`,
    `curl -s ${api}/v1/positions/irn/irn-rus.uav/FACT/history`,
    `curl -s '${api}/v1/changes?dossier=ukraine-war&limit=10'`,
  ]
}

/** How to write: one command that works as it stands, on the seeds' registry. */
export const postLine = ({ intakePort }: Pick<StartConfig, 'intakePort'>, keyFile: string): string =>
  `curl -s http://127.0.0.1:${intakePort}/v1/statements -H "Authorization: Bearer $(cat '${keyFile}')" ` +
  `-H 'Content-Type: application/json' -d '${JSON.stringify(EXAMPLE)}'`

const EXAMPLE = {
  dossier: 'ukraine-war',
  speaker: 'irn',
  office: 'irn.voice',
  onBehalfOf: [{ actor: 'irn', capacity: 'OWN' }],
  act: 'DENY',
  stances: [{ matter: 'irn-rus.missile', facet: 'FACT', value: 'DENY' }],
  evidence: [{ report: 'report-003', published: '2022-12-02', said: '2022-12-02', fidelity: 'PARAPHRASE' }],
}
