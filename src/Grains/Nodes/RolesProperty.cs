using Orleans.Metadata;
using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Writes the node's roles, and what it reads and writes, on every grain type of its manifest. Other silos ask for a manifest until they have it, and place nothing on a
/// silo without: a silo whose roles are known is one that placement knows. (Orleans' silo metadata is asked for once, and a call that fails is not repeated before the
/// membership changes.)
/// </summary>
internal sealed class RolesProperty(NodeRoles roles, ItemFormats formats) : IGrainPropertiesProvider
{
    /// <summary>Between versions of the broker.</summary>
    private const string Name = "broker.roles";

    /// <inheritdoc/>
    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        properties[Name] = roles.ToString();
        formats.Write(properties);
    }

    /// <summary>What a silo's manifest says; nothing for a silo that is no broker, or one that this silo has not heard of.</summary>
    public static NodeRoles Read(ClusterManifest manifest, SiloAddress silo)
    {
        if (!manifest.Silos.TryGetValue(silo, out var own)) return NodeRoles.None;
        foreach (var grain in own.Grains.Values)
        {
            if (grain.Properties.TryGetValue(Name, out var text) && Enum.TryParse<NodeRoles>(text, out var roles)) return roles;
        }

        return NodeRoles.None;
    }
}
