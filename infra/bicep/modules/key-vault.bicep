import { privateNetwork } from '../types.bicep'

metadata description = 'Key Vault with the key that the secrets of webhooks are encrypted with.'

@description('Suffix of resource names.')
param suffix string

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether only the private network reaches it. If not, the vault is reachable from the internet (with a Microsoft Entra token).')
param privateNetworking bool

@description('The private network, if there is one.')
param network privateNetwork?

@description('Name of the app\'s identity.')
param appIdentityName string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Name of the secret that holds the key.')
param keySecretName string

@description('A new key, 32 random bytes in base64: becomes the newest version of the secret. Empty: the vault keeps what it has.')
@secure()
param encryptionKey string

@description('Log Analytics workspace that takes the audit log.')
param workspaceId string

var keyVaultSecretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
    }
  }

  // Goes through Azure Resource Manager, which a closed network does not keep out.
  resource key 'secrets' = if (!empty(encryptionKey)) {
    name: keySecretName
    properties: {
      contentType: 'AES-256 key, base64'
      value: encryptionKey
    }
  }
}

resource appReadsKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, appIdentityName, keyVaultSecretsUser)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: keyVaultSecretsUser
  }
}

module endpoint 'private-endpoint.bicep' = if (privateNetworking) {
  params: {
    name: 'pep-webhooks-vault-${suffix}'
    location: location
    tags: tags
    targetId: vault.id
    service: 'vault'
    subnetId: network!.endpointSubnetId
    zoneId: network!.zoneIds.vault
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'webhooks'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
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
}

@description('Name of the vault.')
output name string = vault.name

@description('Address of the vault.')
output uri string = vault.properties.vaultUri
