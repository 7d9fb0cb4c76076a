import { databaseSettings, entraGroup, scaleSettings } from 'types.bicep'

metadata name = 'Webhooks'
metadata description = 'Everything that one environment of Webhooks needs in Azure, from an empty subscription. See docs/azure.md.'

targetScope = 'subscription'

@description('Environment. Part of every name.')
@allowed(['dev', 'prod'])
param environmentName string

@description('Azure region of every resource.')
param location string = deployment().location

@description('Resource group to create or update.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-webhooks-${environmentName}'

@description('Address that alerts are mailed to.')
@minLength(3)
param alertEmail string

@description('OpenID Connect authority that issues the API\'s bearer tokens, for example `https://login.microsoftonline.com/<tenant>/v2.0`.')
@minLength(9)
param authAuthority string

@description('Audience that the API\'s bearer tokens must have.')
@minLength(1)
param authAudience string

@description('Origins whose pages may call the API, as browsers write them, for example `https://portal.example.com`.')
param allowedOrigins string[] = []

@description('Origin that links to the portal begin with, for example `https://webhooks.example.com`. Empty: that of the request that asks for a link.')
param publicUrl string = ''

@description('Id that the portal has at the authority, for people who sign in without a link. Empty: nobody does.')
param portalClientId string = ''

@description('What the portal asks the authority for, separated by spaces, for example `openid api://webhooks/.default`.')
@minLength(6)
param portalScope string = 'openid'

@description('Audience that the portal asks the authority for tokens for, where that wants the parameter `audience`, as Auth0 does. Empty: none.')
param portalAudience string = ''

@description('Name of the Key Vault secret whose versions encrypt the secrets of webhooks.')
@minLength(1)
@maxLength(127)
param keySecretName string = 'webhooks-encryption-key'

@description('A new encryption key, 32 random bytes in base64: for the first deployment and for a rotation. Empty otherwise.')
@secure()
@maxLength(44)
param encryptionKey string = ''

@description('Object ids of the identities that may put events on the queue `webhook-events`.')
param publisherPrincipalIds string[] = []

@description('Microsoft Entra group that administers the PostgreSQL server.')
param databaseOperators entraGroup?

@description('Whether storage, Key Vault and PostgreSQL are reachable only from the environment\'s own virtual network.')
param privateNetworking bool

@description('Address range of that virtual network, at least a /22.')
@minLength(9)
param virtualNetworkPrefix string = '10.60.0.0/22'

@description('Whether app, storage and PostgreSQL survive the loss of one zone of the region.')
param zoneRedundant bool

@description('Number, size and warmth of the app\'s instances.')
param scale scaleSettings

@description('Size, safety and access of the PostgreSQL server.')
param database databaseSettings

@description('Days for which logs, traces and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most GB of telemetry that are taken in a day; -1 for no limit.')
@minValue(-1)
param logDailyQuotaGb int = -1

@description('Alert when more than this percentage of attempts fails.')
@minValue(1)
@maxValue(100)
param failureAlertPercent int = 50

@description('Alert when a delivery has been pending for longer than this, in seconds. The retry schedule alone takes 3 h 21 min.')
@minValue(60)
param oldestPendingAlertSeconds int = 14400

var suffix = '${environmentName}-${uniqueString(subscription().id, resourceGroupName)}'
var identityName = 'id-webhooks-${suffix}'
var databaseName = 'webhooks'
var compactSuffix = replace(suffix, '-', '')
var tags = {
  application: 'webhooks'
  environment: environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: identityName
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    addressPrefix: virtualNetworkPrefix
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    appIdentityName: identityName
    appPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    suffix: suffix
    name: 'stwh${compactSuffix}'
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    privateNetworking: privateNetworking
    network: network.?outputs.privateNetwork
    appIdentityName: identityName
    appPrincipalId: identity.outputs.principalId
    publisherPrincipalIds: publisherPrincipalIds
    workspaceId: monitoring.outputs.workspaceId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    suffix: suffix
    name: 'kv-wh-${suffix}'
    location: location
    tags: tags
    privateNetworking: privateNetworking
    network: network.?outputs.privateNetwork
    appIdentityName: identityName
    appPrincipalId: identity.outputs.principalId
    keySecretName: keySecretName
    encryptionKey: encryptionKey
    workspaceId: monitoring.outputs.workspaceId
  }
}

module postgres 'modules/database.bicep' = {
  scope: group
  params: {
    name: 'psql-webhooks-${suffix}'
    location: location
    tags: tags
    databaseName: databaseName
    settings: database
    zoneRedundant: zoneRedundant
    privateNetworking: privateNetworking
    network: network.?outputs.privateNetwork
    appIdentityName: identityName
    appPrincipalId: identity.outputs.principalId
    operators: databaseOperators
    workspaceId: monitoring.outputs.workspaceId
  }
}

// Outputs of the other modules make it wait for them, and so for the role assignments that the host needs at its first start.
module app 'modules/function-app.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    scale: scale
    zoneRedundant: zoneRedundant
    network: network.?outputs.privateNetwork
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    telemetryConnectionString: monitoring.outputs.connectionString
    workspaceId: monitoring.outputs.workspaceId
    settings: {
      // No password: the app logs in with its identity's token.
      ConnectionStrings__Webhooks: 'Host=${postgres.outputs.host};Database=${databaseName};Username=${identityName};SSL Mode=VerifyFull;Maximum Pool Size=${database.maximumPoolSize}'
      Webhooks__Database__Authentication: 'entra'
      Webhooks__Auth__Authority: authAuthority
      Webhooks__Auth__Audience: authAudience
      Webhooks__AllowedOrigins: join(allowedOrigins, ',')
      Webhooks__Portal__PublicUrl: publicUrl
      Webhooks__Portal__ClientId: portalClientId
      Webhooks__Portal__Scope: portalScope
      Webhooks__Portal__Audience: portalAudience
      Webhooks__Secrets__KeyVault: keyVault.outputs.uri
      Webhooks__Secrets__KeyName: keySecretName
    }
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    databaseServerId: postgres.outputs.serverId
    failurePercent: failureAlertPercent
    oldestPendingSeconds: oldestPendingAlertSeconds
  }
}

@description('Resource group of the environment.')
output resourceGroupName string = group.name

@description('Name of the function app: what a package is deployed to.')
output functionAppName string = app.outputs.name

@description('Address of the function app.')
output functionAppUrl string = app.outputs.url

@description('Queue that publishers put events on.')
output eventQueueUrl string = storage.outputs.eventQueueUrl

@description('Name of the Key Vault.')
output keyVaultName string = keyVault.outputs.name

@description('Host name of the PostgreSQL server.')
output databaseHost string = postgres.outputs.host

@description('Name of the app\'s identity, and of its role in PostgreSQL.')
output appIdentityName string = identityName

@description('Object id of the app\'s identity.')
output appPrincipalId string = identity.outputs.principalId

@description('Address that webhooks are sent from; empty where it is not fixed.')
output outboundAddress string = network.?outputs.outboundAddress ?? ''
