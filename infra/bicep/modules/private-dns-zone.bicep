metadata description = 'A private DNS zone that one virtual network resolves.'

@description('Name of the zone.')
param name string

@description('Virtual network that resolves names in the zone.')
param virtualNetworkId string

@description('Tags of every resource.')
param tags object

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'webhooks'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: virtualNetworkId }
    }
  }
}

@description('Resource id.')
output id string = zone.id
