using 'main.bicep'

// Small, open to the internet behind Microsoft Entra tokens, and without a standby.
param environmentName = 'dev'
param alertEmail = readEnvironmentVariable('WEBHOOKS_ALERT_EMAIL')
param authAuthority = readEnvironmentVariable('WEBHOOKS_AUTH_AUTHORITY')
param authAudience = readEnvironmentVariable('WEBHOOKS_AUTH_AUDIENCE')
param encryptionKey = readEnvironmentVariable('WEBHOOKS_ENCRYPTION_KEY', '')

param privateNetworking = false
param zoneRedundant = false
param logDailyQuotaGb = 1

param scale = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 40
  alwaysReady: []
}

param database = {
  skuName: 'Standard_B2s'
  skuTier: 'Burstable'
  storageSizeGB: 32
  backupRetentionDays: 7
  geoRedundantBackup: false
  maximumPoolSize: 2
  appIsAdministrator: true
}
