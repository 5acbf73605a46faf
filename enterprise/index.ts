/** The headless party: what the command line and tests start. */
export { readConfig, type ConfigSources, type EnterpriseConfig } from './config.ts'
export { startDemo, type Demo, type DemoOptions } from './demo.ts'
export { openApiKeys, SCOPES, type ApiKeyFacts, type ApiKeys, type Scope } from './keys/api-keys.ts'
export { runBackup, runEnterprise } from './main.ts'
export { startEnterprise, type Enterprise } from './server.ts'
export { refuseOpenMode } from './store/file-mode.ts'
