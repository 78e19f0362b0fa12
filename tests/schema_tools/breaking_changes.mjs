// Compares schema.graphql with the last release, the latest tag. A breaking change that CHANGELOG.md does not name
// since that release, under "Breaking changes of the API", is an error. Usage: node breaking_changes.mjs [REPOSITORY]
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

const HEADING = 'Breaking changes of the API'
const ROOTS = ['Query', 'Mutation', 'Subscription']
const repository = process.argv[2] ?? '.'

function git(...words) {
  try {
    return execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 })
  } catch {
    return null
  }
}

/** The breaking changes that CHANGELOG.md names since a release, as one text. */
function announced(changelog, release) {
  const versions = changelog.split(/^## /m).slice(1)
  const released = versions.findIndex((it) => it.split('\n')[0].includes(release.replace(/^v/, '')))
  const since = versions.slice(0, released < 0 ? 1 : released)
  const sections = since.flatMap((it) => it.split(/^### /m)).filter((it) => it.startsWith(HEADING))
  return sections.join('\n')
}

/** The names by which CHANGELOG.md may name a change: `Type.field`, `field` of a root type, or `Type` itself. */
function namesOf(path) {
  const [type, field] = path.split('.')
  if (field === undefined) return [type]
  return ROOTS.includes(type) ? [field, `${type}.${field}`] : [`${type}.${field}`]
}

const release = git('describe', '--tags', '--abbrev=0')?.trim()
const before = release && git('show', `${release}:schema.graphql`)
if (!before) {
  console.log('Nothing was released yet: schema.graphql is not compared.')
  process.exit(0)
}
const after = readFileSync(join(repository, 'schema.graphql'), 'utf8')
const told = announced(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8'), release)
const named = (name) => new RegExp('`' + name.replace('.', '\\.') + '(`|[.(])').test(told)
const changes = (await diff(buildSchema(before), buildSchema(after))).filter(
  (it) => it.criticality.level === CriticalityLevel.Breaking,
)
const unnamed = changes.filter((it) => !namesOf(it.path ?? '').some(named))
for (const it of unnamed) {
  console.error(`${it.message}\n  Deprecate it first, or name \`${namesOf(it.path ?? '')[0]}\` in CHANGELOG.md under "${HEADING}".`)
}
console.log(`${changes.length} breaking changes since ${release}, ${unnamed.length} of them not in CHANGELOG.md.`)
process.exit(unnamed.length ? 1 : 0)
