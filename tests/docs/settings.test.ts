import { readFileSync } from 'node:fs'
import t from 'tap'
import { allSettings, settingsPage } from './settings-page.js'

t.test('docs/settings.md is what the processes read; npm run settings:page writes it again', (t) => {
  t.equal(settingsPage(), readFileSync('docs/settings.md', 'utf8'))
  t.end()
})

t.test('every setting says what it is for', (t) => {
  const settings = allSettings()
  t.ok(settings.length > 60, `${settings.length} settings`)
  for (const { name, description } of settings) t.match(description, /^\S.*\.$/, name)
  t.end()
})
