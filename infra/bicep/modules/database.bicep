import { databaseSettings, entraGroup, privateNetwork } from '../types.bicep'

metadata description = 'PostgreSQL server that only Microsoft Entra identities can log in to, with the database of the app.'

@description('Name of the server.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the app\'s database.')
param databaseName string

@description('Size, safety and access.')
param settings databaseSettings

@description('Whether a standby in another zone takes over when the server fails.')
param zoneRedundant bool

@description('Whether only the private network reaches it. If not, the server is reachable from Azure\'s addresses (with a Microsoft Entra token).')
param privateNetworking bool

@description('The private network, if there is one.')
param network privateNetwork?

@description('Name of the app\'s identity.')
param appIdentityName string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Group whose members administer the server.')
param operators entraGroup?

@description('Log Analytics workspace that takes the server\'s log.')
param workspaceId string

var appAdministrator = settings.appIsAdministrator
  ? [{ objectId: appPrincipalId, name: appIdentityName, type: 'ServicePrincipal' }]
  : []
var operatorAdministrator = operators == null
  ? []
  : [{ objectId: operators!.objectId, name: operators!.name, type: 'Group' }]

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: settings.skuName
    tier: settings.skuTier
  }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: settings.storageSizeGB
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: settings.backupRetentionDays
      geoRedundantBackup: settings.geoRedundantBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: { mode: zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    network: {
      delegatedSubnetResourceId: network.?databaseSubnetId
      privateDnsZoneArmResourceId: network.?zoneIds.database
      publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    }
  }

  resource database 'databases' = {
    name: databaseName
    properties: {
      charset: 'UTF8'
      collation: 'en_US.utf8'
    }
  }

  // The server takes one change at a time, hence the chain of dependencies from here on.
  resource requireTls 'configurations' = {
    name: 'require_secure_transport'
    properties: {
      value: 'on'
      source: 'user-override'
    }
    dependsOn: [database]
  }

  resource minimumTls 'configurations' = {
    name: 'ssl_min_protocol_version'
    properties: {
      value: 'TLSv1.2'
      source: 'user-override'
    }
    dependsOn: [requireTls]
  }

  // The range 0.0.0.0 stands for Azure's own addresses: instances of the app have no fixed ones without a network.
  resource fromAzure 'firewallRules' = if (!privateNetworking) {
    name: 'AllowAllAzureServicesAndResourcesWithinAzureIps'
    properties: {
      startIpAddress: '0.0.0.0'
      endIpAddress: '0.0.0.0'
    }
    dependsOn: [minimumTls]
  }

  @batchSize(1)
  resource administrators 'administrators' = [
    for administrator in concat(appAdministrator, operatorAdministrator): {
      name: administrator.objectId
      properties: {
        principalName: administrator.name
        principalType: administrator.type
        tenantId: tenant().tenantId
      }
      dependsOn: [minimumTls, fromAzure]
    }
  ]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'webhooks'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'PostgreSQLLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
  dependsOn: [server::administrators]
}

@description('Resource id of the server.')
output serverId string = server.id

@description('Host name of the server.')
output host string = server.properties.fullyQualifiedDomainName
