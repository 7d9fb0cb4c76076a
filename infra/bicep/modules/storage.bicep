import { privateNetwork } from '../types.bicep'

metadata description = 'Storage account: the queues, the state of the Functions host and of Durable Functions, the deployed package.'

@description('Suffix of resource names.')
param suffix string

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether the data is spread over the zones of the region.')
param zoneRedundant bool

@description('Whether only the private network reaches it. If not, the account is reachable from the internet (with a Microsoft Entra token).')
param privateNetworking bool

@description('The private network, if there is one.')
param network privateNetwork?

@description('Name of the app\'s identity.')
param appIdentityName string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Object ids of the identities that may put events on the queue.')
param publisherPrincipalIds string[]

@description('Log Analytics workspace that takes the metrics.')
param workspaceId string

var eventQueueName = 'webhook-events'

// A queue trigger creates neither its queue nor, before the first poison message, the other one.
var queueNames = [
  eventQueueName
  '${eventQueueName}-poison'
  'webhook-deliveries'
  'webhook-deliveries-poison'
]

var storageQueueDataMessageSender = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
)

// The host keeps leases and keys in containers that it creates; Durable Functions creates queues, tables and containers of a task hub.
var appRoles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queues 'queues' = [
      for queueName in queueNames: {
        name: queueName
      }
    ]

    resource events 'queues' existing = {
      name: eventQueueName
    }
  }
}

resource appRoleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(appRoles): {
    scope: account
    name: guid(account.id, appIdentityName, role.value)
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

resource publisherRoleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in publisherPrincipalIds: {
    scope: account::queueService::events
    name: guid(account.id, eventQueueName, principalId, storageQueueDataMessageSender)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: storageQueueDataMessageSender
    }
    dependsOn: [account::queueService::queues]
  }
]

module endpoints 'private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (privateNetworking) {
    params: {
      name: 'pep-webhooks-${service}-${suffix}'
      location: location
      tags: tags
      targetId: account.id
      service: service
      subnetId: network!.endpointSubnetId
      zoneId: network!.zoneIds[service]
    }
  }
]

// Metrics only: a log line for every storage request would cost more than the requests.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'webhooks'
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

@description('Name of the account.')
output name string = account.name

@description('Container that the app\'s package is deployed to.')
output deploymentContainerUrl string = '${account.properties.primaryEndpoints.blob}${account::blobs::deployments.name}'

@description('Queue that events are put on.')
output eventQueueUrl string = '${account.properties.primaryEndpoints.queue}${eventQueueName}'
