import { privateNetwork } from '../types.bicep'

metadata description = 'Virtual network of a private environment: subnets, the fixed address of outgoing requests, private DNS zones.'

@description('Suffix of resource names.')
param suffix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address range of the virtual network, at least a /22.')
param addressPrefix string

// The names that Azure's services have in private DNS; they are the same for everyone.
var storageServices = ['blob', 'queue', 'table']
#disable-next-line no-hardcoded-env-urls
var vaultZoneName = 'privatelink.vaultcore.azure.net'
var databaseZoneName = 'webhooks-${suffix}.private.postgres.database.azure.com'

// Without a gateway, instances in a subnet have no way to the internet. With one, every webhook is sent from one known address.
resource outboundAddress 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-webhooks-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: 'ng-webhooks-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [{ id: outboundAddress.id }]
  }
}

// Subnets are part of the network's own definition: deploying a network without them would ask for their removal.
resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-webhooks-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 0)
          defaultOutboundAccess: false
          natGateway: { id: gateway.id }
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 1)
          defaultOutboundAccess: false
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 2)
          defaultOutboundAccess: false
          delegations: [
            {
              name: 'postgresql'
              properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' }
            }
          ]
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = {
    name: 'app'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }

  resource databaseSubnet 'subnets' existing = {
    name: 'database'
  }
}

module storageZones 'private-dns-zone.bicep' = [
  for service in storageServices: {
    params: {
      name: 'privatelink.${service}.${environment().suffixes.storage}'
      virtualNetworkId: virtualNetwork.id
      tags: tags
    }
  }
]

module vaultZone 'private-dns-zone.bicep' = {
  params: {
    name: vaultZoneName
    virtualNetworkId: virtualNetwork.id
    tags: tags
  }
}

module databaseZone 'private-dns-zone.bicep' = {
  params: {
    name: databaseZoneName
    virtualNetworkId: virtualNetwork.id
    tags: tags
  }
}

@description('Subnets and zones for the other modules.')
output privateNetwork privateNetwork = {
  appSubnetId: virtualNetwork::appSubnet.id
  endpointSubnetId: virtualNetwork::endpointSubnet.id
  databaseSubnetId: virtualNetwork::databaseSubnet.id
  zoneIds: {
    blob: storageZones[0].outputs.id
    queue: storageZones[1].outputs.id
    table: storageZones[2].outputs.id
    vault: vaultZone.outputs.id
    database: databaseZone.outputs.id
  }
}

@description('Address that every webhook is sent from.')
output outboundAddress string = outboundAddress.properties.ipAddress
