using System.Globalization;
using System.Net;
using Azure.Data.Tables;

namespace OrleansBroker.Clustering.AzureTables;

/// <summary>A silo's entity as Orleans' own Azure provider names and writes it, all text, and what Orleans makes of it.</summary>
internal static class AzureSilo
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff 'GMT'";
    private const char Separator = '|';

    public static string RowKeyOf(SiloAddress silo) => string.Create(CultureInfo.InvariantCulture, $"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    public static TableEntity Write(string cluster, MembershipEntry entry, int version)
    {
        var suspects = entry.SuspectTimes ?? [];
        return new TableEntity(cluster, RowKeyOf(entry.SiloAddress))
        {
            ["DeploymentId"] = cluster,
            ["Address"] = entry.SiloAddress.Endpoint.Address.ToString(),
            ["Port"] = Text(entry.SiloAddress.Endpoint.Port),
            ["Generation"] = Text(entry.SiloAddress.Generation),
            ["HostName"] = entry.HostName,
            ["Status"] = entry.Status.ToString(),
            ["ProxyPort"] = Text(entry.ProxyPort),
            ["RoleName"] = entry.RoleName,
            ["SiloName"] = entry.SiloName,
            ["InstanceName"] = entry.SiloName,
            ["UpdateZone"] = Text(entry.UpdateZone),
            ["FaultZone"] = Text(entry.FaultZone),
            ["SuspectingSilos"] = string.Join(Separator, suspects.Select(static suspect => suspect.Item1.ToParsableString())),
            ["SuspectingTimes"] = string.Join(Separator, suspects.Select(static suspect => Text(suspect.Item2))),
            ["StartTime"] = Text(entry.StartTime),
            ["IAmAliveTime"] = Text(entry.IAmAliveTime),
            ["MembershipVersion"] = Text(version),
        };
    }

    /// <summary>What a heartbeat changes.</summary>
    public static TableEntity WriteAlive(string cluster, MembershipEntry entry) => new(cluster, RowKeyOf(entry.SiloAddress)) { ["IAmAliveTime"] = Text(entry.IAmAliveTime) };

    /// <exception cref="FormatException">Somebody else wrote it.</exception>
    public static MembershipEntry Read(TableEntity entity)
    {
        var suspectors = Parts(entity, "SuspectingSilos");
        var times = Parts(entity, "SuspectingTimes");
        if (!Enum.TryParse<SiloStatus>(entity.GetString("Status"), out var status) || suspectors.Length != times.Length)
            throw new FormatException("It has no status, or suspectors without times.");
        return new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Parse(entity.GetString("Address") ?? string.Empty), Number(entity, "Port"), Number(entity, "Generation")),
            Status = status,
            ProxyPort = Number(entity, "ProxyPort"),
            HostName = entity.GetString("HostName"),
            SiloName = entity.GetString("SiloName"),
            RoleName = entity.GetString("RoleName"),
            UpdateZone = Number(entity, "UpdateZone"),
            FaultZone = Number(entity, "FaultZone"),
            SuspectTimes = [.. suspectors.Zip(times, static (silo, time) => Tuple.Create(SiloAddress.FromParsableString(silo), Time(time)))],
            StartTime = Time(entity.GetString("StartTime")),
            IAmAliveTime = Time(entity.GetString("IAmAliveTime")),
        };
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static int Number(TableEntity entity, string column) =>
        entity.GetString(column) is { Length: > 0 } text ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;

    private static string Text(DateTime time) =>
        (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTime Time(string? text) => string.IsNullOrEmpty(text)
        ? default
        : DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static string[] Parts(TableEntity entity, string column) => entity.GetString(column)?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
