#!/usr/bin/env bash
# Runs the template of an environment: infrastructure.sh what-if|create dev|prod, in the folder of the templates.
# The parameters come from WEBHOOKS_* variables (docs/azure.md); AZURE_LOCATION says where a new environment is made.
# NEW_ENCRYPTION_KEY=True adds a version to the encryption key. The key is never printed and is in no file.
set -euo pipefail

operation=$1
environment=$2
name="webhooks-$environment"

if [[ ${NEW_ENCRYPTION_KEY:-} == [Tt]rue && $operation == create ]]; then
    WEBHOOKS_ENCRYPTION_KEY=$(openssl rand -base64 32)
    export WEBHOOKS_ENCRYPTION_KEY
fi

arguments=(--name "$name" --location "$AZURE_LOCATION" --parameters "$environment.bicepparam")

if [[ $operation == what-if ]]; then
    # ProviderNoRbac: whoever previews need not be allowed to change anything.
    az deployment sub what-if "${arguments[@]}" --validation-level ProviderNoRbac
    exit
fi

az deployment sub create "${arguments[@]}" --output none

output() {
    az deployment sub show --name "$name" --query "properties.outputs.$1.value" --output tsv
}

# An assignment of its own: "set -e" does not see a failure inside an argument.
app_name=$(output functionAppName)
app_url=$(output functionAppUrl)
echo "##vso[task.setvariable variable=functionAppName]$app_name"
echo "##vso[task.setvariable variable=functionAppUrl]$app_url"
