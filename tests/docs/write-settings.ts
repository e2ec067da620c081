/** `npm run settings:page`: writes docs/settings.md. */
import { writeFileSync } from 'node:fs'
import { settingsPage } from './settings-page.js'

writeFileSync('docs/settings.md', settingsPage())
