metadata description = 'Types of the parameters that differ between environments.'

@export()
@description('How many instances the function app may have.')
type scaleSettings = {
  @description('Memory of an instance in MB. More memory also brings more processor time.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Most instances in each group that scales on its own: HTTP, Durable, and each queue or timer function.')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('Instances that are kept warm, by group (`http`, `durable`) or function (`function:FanOutEvent`).')
  alwaysReady: alwaysReadyInstances[]
}

@description('Instances of one scale group that never go away.')
type alwaysReadyInstances = {
  @description('`http`, `durable`, or `function:` and the name of a queue or timer function.')
  name: string

  @description('Number of instances. A zone-redundant app needs at least two.')
  @minValue(1)
  instanceCount: int
}

@export()
@description('Size, safety and access of the PostgreSQL server.')
type databaseSettings = {
  @description('Compute size, for example `Standard_B2s` or `Standard_D4ds_v5`.')
  skuName: string

  @description('Compute tier. Burstable servers cannot be highly available.')
  skuTier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'

  @description('Initial storage in GB; it grows by itself when 80 to 90 percent are used.')
  @minValue(32)
  storageSizeGB: int

  @description('Days for which any point in time can be restored.')
  @minValue(7)
  @maxValue(35)
  backupRetentionDays: int

  @description('Whether backups are also kept in the paired region. Cannot be changed later.')
  geoRedundantBackup: bool

  @description('Connections that one instance of the app may hold. For all instances of all groups together, the server must have enough.')
  @minValue(1)
  maximumPoolSize: int

  @description('Whether the app\'s identity administers the server. If not, an operator grants it a role once: see docs/azure.md.')
  appIsAdministrator: bool
}

@export()
@description('Where a resource is reached from inside the virtual network.')
type privateNetwork = {
  @description('Subnet that the function app sends from.')
  appSubnetId: string

  @description('Subnet of the private endpoints.')
  endpointSubnetId: string

  @description('Subnet that the PostgreSQL server lives in.')
  databaseSubnetId: string

  @description('Private DNS zones, each resource ids of one service.')
  zoneIds: {
    blob: string
    queue: string
    table: string
    vault: string
    database: string
  }
}

@export()
@description('A Microsoft Entra group.')
type entraGroup = {
  @description('Object id of the group.')
  @minLength(36)
  @maxLength(36)
  objectId: string

  @description('Display name of the group, which is also its role\'s name in PostgreSQL.')
  @minLength(1)
  name: string
}
