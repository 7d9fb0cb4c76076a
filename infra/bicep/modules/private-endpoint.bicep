metadata description = 'A private endpoint to one service of one resource, and its name in private DNS.'

@description('Name of the endpoint.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource that the endpoint leads to.')
param targetId string

@description('Service of that resource.')
@allowed(['blob', 'queue', 'table', 'vault'])
param service string

@description('Subnet that the endpoint takes its address from.')
param subnetId string

@description('Private DNS zone that the endpoint is entered into.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: service
        properties: {
          privateLinkServiceId: targetId
          groupIds: [service]
        }
      }
    ]
  }

  resource zoneGroup 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: service
          properties: { privateDnsZoneId: zoneId }
        }
      ]
    }
  }
}
