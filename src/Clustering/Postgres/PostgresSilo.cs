using System.Globalization;
using System.Net;
using Npgsql;

namespace OrleansBroker.Clustering.Postgres;

/// <summary>A silo's row and what Orleans makes of it.</summary>
internal static class PostgresSilo
{
    /// <summary>As <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "s.address, s.port, s.generation, s.etag, s.status, s.proxy_port, s.host_name, s.silo_name, s.role_name, s.update_zone, s.fault_zone, s.suspectors, s.suspect_times, s.started, s.alive";

    /// <summary>Cluster and silo: the first four parameters of a statement.</summary>
    public static void AddKey(NpgsqlParameterCollection parameters, string cluster, SiloAddress silo)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = silo.Endpoint.Address.ToString() });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = silo.Endpoint.Port });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = silo.Generation });
    }

    /// <summary>The other columns, in the order in which the table has them, from the fifth parameter on.</summary>
    public static void AddValues(NpgsqlParameterCollection parameters, MembershipEntry entry)
    {
        var suspects = entry.SuspectTimes ?? [];
        parameters.Add(new NpgsqlParameter<string> { TypedValue = entry.Status.ToString() });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.ProxyPort });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = entry.HostName });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = entry.SiloName });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = entry.RoleName });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.UpdateZone });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.FaultZone });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. suspects.Select(static suspect => suspect.Item1.ToParsableString())] });
        parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. suspects.Select(static suspect => Utc(suspect.Item2))] });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = Utc(entry.StartTime) });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = Utc(entry.IAmAliveTime) });
    }

    /// <summary>How a row is called in a log.</summary>
    public static string NameOf(NpgsqlDataReader row, int first) =>
        $"{row.GetString(first)}:{row.GetInt32(first + 1)}@{row.GetInt32(first + 2)}";

    /// <exception cref="FormatException">Somebody else wrote it.</exception>
    public static Tuple<MembershipEntry, string> Read(NpgsqlDataReader row, int first)
    {
        var suspectors = row.GetFieldValue<string[]>(first + 11);
        var times = row.GetFieldValue<DateTime[]>(first + 12);
        if (!Enum.TryParse<SiloStatus>(row.GetString(first + 4), out var status) || suspectors.Length != times.Length)
            throw new FormatException("It has no status, or suspectors without times.");
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Parse(row.GetString(first)), row.GetInt32(first + 1), row.GetInt32(first + 2)),
            Status = status,
            ProxyPort = row.GetInt32(first + 5),
            HostName = Text(row, first + 6),
            SiloName = Text(row, first + 7),
            RoleName = Text(row, first + 8),
            UpdateZone = row.GetInt32(first + 9),
            FaultZone = row.GetInt32(first + 10),
            SuspectTimes = [.. suspectors.Zip(times, static (silo, time) => Tuple.Create(SiloAddress.FromParsableString(silo), time))],
            StartTime = row.GetDateTime(first + 13),
            IAmAliveTime = row.GetDateTime(first + 14),
        };
        return Tuple.Create(entry, row.GetInt64(first + 3).ToString(CultureInfo.InvariantCulture));
    }

    public static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static string Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? string.Empty : row.GetString(column);
}
