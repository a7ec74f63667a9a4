using OpenTelemetry.Resources;

namespace OrleansBroker.Silo.Telemetry;

/// <summary>Whose metrics and traces they are: the program, its version, and the node as the ready line names it.</summary>
internal sealed class NodeResource(ILocalSiloDetails silo) : IResourceDetector
{
    public Resource Detect() => new([
        new("service.name", "orleans-broker"),
        new("service.version", ProgramVersion.Text),
        new("service.instance.id", silo.SiloAddress.ToParsableString()),
    ]);
}
