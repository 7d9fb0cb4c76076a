using 'main.bicep'

// Private, spread over zones, with a standby database; operators administer the database, the app does not.
param environmentName = 'prod'
param alertEmail = readEnvironmentVariable('WEBHOOKS_ALERT_EMAIL')
param authAuthority = readEnvironmentVariable('WEBHOOKS_AUTH_AUTHORITY')
param authAudience = readEnvironmentVariable('WEBHOOKS_AUTH_AUDIENCE')
param encryptionKey = readEnvironmentVariable('WEBHOOKS_ENCRYPTION_KEY', '')
param databaseOperators = {
  objectId: readEnvironmentVariable('WEBHOOKS_DATABASE_OPERATORS_ID')
  name: readEnvironmentVariable('WEBHOOKS_DATABASE_OPERATORS_NAME')
}

param privateNetworking = true
param zoneRedundant = true
param logRetentionDays = 90

// Zone redundancy asks for two instances of each group that is kept warm.
param scale = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 40
  alwaysReady: [
    { name: 'http', instanceCount: 2 }
    { name: 'durable', instanceCount: 2 }
  ]
}

param database = {
  skuName: 'Standard_D4ds_v5'
  skuTier: 'GeneralPurpose'
  storageSizeGB: 256
  backupRetentionDays: 35
  geoRedundantBackup: true
  maximumPoolSize: 10
  appIsAdministrator: false
}
